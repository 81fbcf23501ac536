#include "csms/redaction.hpp"

#include <gtest/gtest.h>

namespace ladestrom::csms {
namespace {

TEST(Redaction, HidesPasswordsWhereverTheyStand)
{
    EXPECT_EQ(
        without_secrets(R"([2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"se\"cret"}])"),
        R"([2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}])");
    EXPECT_EQ(without_secrets(R"({"value" : "secret", "key" : "authorizationkey"})"),
              R"({"value" : "***", "key" : "authorizationkey"})");
    EXPECT_EQ(without_secrets(R"({"key":"AuthorizationKey","value":12345})"),
              R"({"key":"AuthorizationKey","value":"***"})");
    EXPECT_EQ(
        without_secrets(R"([{"key":"A","value":"x"},{"key":"AuthorizationKey","value":"s"},{"value":"y"}])"),
        R"([{"key":"A","value":"x"},{"key":"AuthorizationKey","value":"***"},{"value":"y"}])");
    EXPECT_EQ(without_secrets(R"({"attributeValue":"s","variable":{"name":"BasicAuthPassword"}})"),
              R"({"attributeValue":"***","variable":{"name":"BasicAuthPassword"}})");
}

TEST(Redaction, HidesUserAndPasswordInUrls)
{
    EXPECT_EQ(without_secrets(R"([2,"1","UpdateFirmware",{"location":"ftp://user:pw@host/f@1.bin"}])"),
              R"([2,"1","UpdateFirmware",{"location":"ftp://***@host/f@1.bin"}])");
    EXPECT_EQ(without_secrets(R"({"location":"sftp:\/\/u:p:@s@host:21\/x","b":"https://me@h"})"),
              R"({"location":"sftp:\/\/***@host:21\/x","b":"https://***@h"})");
    EXPECT_EQ(without_secrets("ftp://u:p@"), "ftp://***@");
}

TEST(Redaction, SeesThroughEscapes)
{
    EXPECT_EQ(without_secrets(R"({"key":"Authorization\u004bey","value":"secret"})"),
              R"({"key":"Authorization\u004bey","value":"***"})");
    EXPECT_EQ(without_secrets(R"({"key":"AuthorizationKey","v\u0061lue":"secret"})"),
              R"({"key":"AuthorizationKey","v\u0061lue":"***"})");
}

TEST(Redaction, FindsASecretBehindWhatLooksLikeItsBeginning)
{
    EXPECT_EQ(without_secrets(R"({"zone":"ZwzW authorizationke","key":"AUTHORIZATIONKEY","value":"s"})"),
              R"({"zone":"ZwzW authorizationke","key":"AUTHORIZATIONKEY","value":"***"})");
    EXPECT_EQ(without_secrets(R"({"w":"W","key":"basicauthpassword","value":"s"})"),
              R"({"w":"W","key":"basicauthpassword","value":"***"})");
}

TEST(Redaction, LeavesEverythingElse)
{
    for (const std::string_view frame :
         {R"([2,"1","Heartbeat",{}])", R"({"key":"HeartbeatInterval","value":"300"})", "",
          R"({"unknownKey":["AuthorizationKey"]})", R"({"location":"http://host/a@b:c","mail":"a@b"})",
          R"({"key":"\u00e9\u","value":"x\u12"})"}) {
        EXPECT_EQ(without_secrets(frame), frame);
    }
}

TEST(Redaction, SurvivesWhatIsNoJson)
{
    for (const std::string_view frame :
         {R"(AuthorizationKey)", R"("AuthorizationKey)", R"({"value":"x","key":"AuthorizationKey")",
          R"(}}}]]"AuthorizationKey"{{)", R"({"AuthorizationKey":)"}) {
        EXPECT_FALSE(without_secrets(frame).empty());
    }
    EXPECT_EQ(without_secrets(R"({"key":"AuthorizationKey","value":"secret)"),
              R"({"key":"AuthorizationKey","value":"***")");
    EXPECT_EQ(without_secrets(R"({"key":"AuthorizationKey","value":"se\)"),
              R"({"key":"AuthorizationKey","value":"***")");
}

}  // namespace
}  // namespace ladestrom::csms
