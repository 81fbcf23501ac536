// The compiled half of Boost.URL, built here as its authors provide for; so its library package is not
// needed.
#include <boost/url/src.hpp>
